create or replace function reconcile.names_id(variadic p_names text[]) returns uuid
language sql immutable parallel safe as $$
  select reconcile.uuid_of('[' || string_agg(to_json(coalesce(name, ''))::text, ',' order by place) || ']')
  from unnest(p_names) with ordinality named (name, place)
$$;
comment on function reconcile.names_id(text[]) is
  'The UUIDv5 of a JSON array of names without spaces, in the contract''s namespace; null is an empty name.';
