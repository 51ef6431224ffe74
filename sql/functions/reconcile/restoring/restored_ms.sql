create or replace function reconcile.restored_ms(p_body_no bigint) returns bigint
language plpgsql stable parallel safe as $$
begin
  -- PL/pgSQL keeps the plans of what each event asks; a function in SQL would be planned each time.
  return (select back_ms from reconcile.reporters where body_no = p_body_no order by back_ms desc nulls first limit 1);
end
$$;
comment on function reconcile.restored_ms(bigint) is 'When the last member of a body was back (epoch ms); null while one is out.';
