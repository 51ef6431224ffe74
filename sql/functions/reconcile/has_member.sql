create or replace function reconcile.has_member(p_cell_id bigint, p_from_ms bigint, p_to_ms bigint) returns boolean
language sql stable parallel safe as $$
  select exists (select from reconcile.members where cell_id = p_cell_id and t_ms between p_from_ms and p_to_ms)
$$;
comment on function reconcile.has_member(bigint, bigint, bigint) is 'Whether a cell has a member in a closed interval of time (epoch ms).';
