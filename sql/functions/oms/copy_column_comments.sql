create or replace function oms.copy_column_comments(p_from regclass, p_to regclass) returns void
language plpgsql as $$
declare
  v_column record;
begin
  for v_column in
    select a.attname, col_description(f.attrelid, f.attnum) as comment
    from pg_attribute a
    join pg_attribute f on f.attrelid = p_from and f.attname = a.attname and f.attnum > 0
    where a.attrelid = p_to and a.attnum > 0 and not a.attisdropped and col_description(f.attrelid, f.attnum) is not null
  loop
    execute format('comment on column %s.%I is %L', p_to, v_column.attname, v_column.comment);
  end loop;
end
$$;
comment on function oms.copy_column_comments(regclass, regclass) is 'Gives the columns of a view the comments of the table''s columns of the same names.';
