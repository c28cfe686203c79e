-- Folds the ledger. Taken rows are deleted and added in one statement, so the sum is right in every snapshot.
with d as (
  delete from intake where id in (select id from intake order by id limit 10000 for update skip locked)
  returning channel, accepted, repeats, ignored, strange
)
insert into accounts (channel, accepted, repeats, ignored, strange)
select channel, sum(accepted), sum(repeats), sum(ignored), sum(strange) from d group by channel order by channel
on conflict (channel) do update
set accepted = accounts.accepted + excluded.accepted, repeats = accounts.repeats + excluded.repeats,
    ignored = accounts.ignored + excluded.ignored, strange = accounts.strange + excluded.strange
