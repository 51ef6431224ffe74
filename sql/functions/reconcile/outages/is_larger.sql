create or replace function reconcile.is_larger(p_body_no bigint, p_than bigint) returns boolean
language sql stable parallel safe as $$
  -- Counted so far only: it is about speed.
  select (select count(*) from (select from reconcile.reporters where body_no = p_body_no limit 1000) few)
    > (select count(*) from (select from reconcile.reporters where body_no = p_than limit 1000) few)
$$;
comment on function reconcile.is_larger(bigint, bigint) is 'Whether one body has more reporters than another; neither of two large ones does.';
