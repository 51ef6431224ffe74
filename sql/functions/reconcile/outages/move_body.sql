create or replace function reconcile.move_body(p_from bigint, p_to bigint) returns void
language plpgsql as $$
begin
  update reconcile.cells set body_no = p_to where body_no = p_from;
  update reconcile.reporters set body_no = p_to where body_no = p_from;
end
$$;
comment on function reconcile.move_body(bigint, bigint) is 'Moves cells and reporters of one body to another.';
