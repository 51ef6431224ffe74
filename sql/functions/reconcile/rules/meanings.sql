create or replace function reconcile.meanings() returns integer[]
language sql immutable parallel safe as $$
  select array[1]
$$;
comment on function reconcile.meanings() is
  'The meanings of the contract that this engine knows, by number: those of MEANINGS in operators/correlate/meaning.ts.';
