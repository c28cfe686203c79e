-- The lock of the sealer: who finds it taken leaves. Nobody who writes to the audit takes it.
select n, hash from audit_chain for update skip locked
