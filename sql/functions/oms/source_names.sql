create or replace function oms.source_names() returns text
language sql stable parallel safe as $$
  select regexp_replace(string_agg(source, ', ' order by number), ', ([^,]+)$', ' or \1') from oms.sources
$$;
comment on function oms.source_names() is 'The sources that there are, as a sentence lists them.';
