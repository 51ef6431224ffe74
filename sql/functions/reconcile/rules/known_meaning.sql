create or replace function reconcile.known_meaning(p_number integer) returns integer
language plpgsql immutable parallel safe as $$
begin
  if p_number is null or p_number <> all (reconcile.meanings()) then
    raise exception 'The log is of meaning %, and this database knows %: run the version that knows it.',
      coalesce(p_number::text, 'null'), array_to_string(reconcile.meanings(), ', ') using errcode = 'feature_not_supported';
  end if;
  return p_number;
end
$$;
comment on function reconcile.known_meaning(integer) is 'The number of a meaning, if this engine knows it; else an error: to go on would be to guess.';
