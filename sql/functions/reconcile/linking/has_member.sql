create or replace function reconcile.has_member(p_cell_id bigint, p_from_ms bigint, p_to_ms bigint) returns boolean
language plpgsql stable parallel safe as $$
begin
  -- PL/pgSQL keeps the plan; a function in SQL would be planned each time.
  return exists (select from reconcile.members where cell_id = p_cell_id and t_ms between p_from_ms and p_to_ms);
end
$$;
comment on function reconcile.has_member(bigint, bigint, bigint) is 'Whether a cell has a member in a closed interval of time (epoch ms).';
