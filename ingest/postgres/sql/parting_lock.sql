select contact, into_contact, parted from merges where id = $1 and parting for update
