-- A login is linked once: who comes by another subject with the same address is somebody else.
update users set issuer = $2, subject = $3, version = version + 1 where login = $1 and subject = '' and disabled_at is null returning id, role
