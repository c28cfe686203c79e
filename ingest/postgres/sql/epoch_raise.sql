update epoch set n = n + 1 returning n
