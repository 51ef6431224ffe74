create or replace function reconcile.content_id(p_event jsonb) returns text
language sql immutable strict parallel safe as $$
  select reconcile.uuid_of('{' || string_agg(
    to_json(name)::text || ':' || case
      when jsonb_typeof(value) <> 'number' then value::text
      -- Numbers as JavaScript writes them: 1e-7, where PostgreSQL writes 0.0000001.
      when value::text::numeric <> 0 and abs(value::text::numeric) < 0.000001
        then regexp_replace(value::text::double precision::text, 'e-0', 'e-')
      else trim_scale(value::text::numeric)::text
    end, ',' order by name collate "C") || '}')::text
  from jsonb_each(p_event) field (name, value)
$$;
comment on function reconcile.content_id(jsonb) is
  'The id of an event without one: the UUIDv5 of its canonical content (one level of fields, sorted), as the gateway gives it.';
