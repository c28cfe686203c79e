-- +goose Up

-- Whom a rule was set about: the contact it was set from, so that those whom it also meets can be told from them.
alter table rules add about uuid;

-- How many known contacts a domain or a prefix names is asked before a rule on it is set.
create index identities_domain on identities ((reverse(split_part(value, '@', -1))) collate "C")
  where kind = 'email' and how <> 'claimed';
create index identities_number on identities ((value) collate "C") where kind = 'phone' and how <> 'claimed';
