create or replace function oms.no_reporters() returns jsonb
language sql stable parallel safe as $$
  select jsonb_object_agg(source, 0) from oms.sources
$$;
comment on function oms.no_reporters() is 'The reporters of an outage that has none: a count for each source.';
