-- The contacts stay, empty, since conversations name them. Whose erasure another did first keeps the number of that.
update contacts set name = '', nickname = '', username = '', company = '', location = '', avatar_url = '', tags = '{}', fields = '{}',
  review_at = null, review_by = '', review_reason = '', hold_at = null, hold_by = '', hold_reason = '', hold_until = null,
  version = version + 1, erased = coalesce(erased, $2)
where id = any ($1)
