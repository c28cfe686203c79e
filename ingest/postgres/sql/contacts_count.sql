-- How many contacts a filter chooses.
select count(*) from (
  -- include contacts_list
) x(at, id, found) where found
