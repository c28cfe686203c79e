-- Whether a legal hold covers a message: by its contact, or by who sent it, where it has none.
select exists (select from messages m where m.id = $1
  and (m.contact in (select contacts_on_hold($2)) or m.sender in (select senders_on_hold($2))))
