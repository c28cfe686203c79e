-- A repeat known by one key and new under another: its new keys name the message that stands.
update message_keys k set message = x.stands, content = k.content
from unnest($1::uuid[], $2::uuid[]) x(phantom, stands)
where k.message = x.phantom
