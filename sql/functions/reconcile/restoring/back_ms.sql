create or replace function reconcile.back_ms(p_key_id integer, p_unit text, p_from_ms bigint) returns bigint
language plpgsql stable parallel safe as $$
begin
  return least(
    (select t_ms from reconcile.restorations where key_id = p_key_id and unit = p_unit and t_ms >= p_from_ms order by t_ms limit 1),
    (select t_ms from reconcile.restorations where key_id = p_key_id and unit = E'\x01' and t_ms >= p_from_ms order by t_ms limit 1));
end
$$;
comment on function reconcile.back_ms(integer, text, bigint) is
  'The earliest restoration of a unit, or of all its key, at or after a time (epoch ms); null if there is none.';
