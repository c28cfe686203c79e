select rule from job_rules where job = $1 order by rule
