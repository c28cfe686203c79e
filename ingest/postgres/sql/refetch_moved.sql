update jobs set released = released + $2 where id = $1
