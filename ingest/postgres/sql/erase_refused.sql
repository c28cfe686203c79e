-- Of what a ban refused nothing is left but that it was refused.
update messages set sender = '', envelope = '{}', contact = null, note = null, trail = null where id = any ($1) and state = 'refused'
