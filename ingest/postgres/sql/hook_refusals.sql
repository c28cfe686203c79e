select at, cause, says, method, url, address, headers, size from hook_refusals where channel = $1 order by id desc
