create or replace function reconcile.uuid_of(p_name text) returns uuid
language sql immutable strict parallel safe as $$
  select public.uuid_generate_v5('6d1f0a5e-6c0b-5b0e-9f1c-0d5a3e9b7a11', p_name)
$$;
comment on function reconcile.uuid_of(text) is 'The UUIDv5 of a name in the contract''s namespace.';
