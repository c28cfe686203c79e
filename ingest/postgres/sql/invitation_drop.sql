delete from invitations where person = $1
