create or replace function reconcile.move_body(p_from bigint, p_to bigint) returns void
language plpgsql as $$
begin
  update reconcile.cells set body_no = p_to where body_no = p_from;
  insert into reconcile.reporters as mine
  select key_id, unit, source, asset, p_to, is_customer, last_ms, back_ms, weight, threshold, wide_last_ms, wide_back_ms,
    feeder_customers, changed_seq
  from reconcile.reporters
  where body_no = p_from
  on conflict (key_id, unit, source, asset, body_no) do update
  set last_ms = greatest(mine.last_ms, excluded.last_ms),
    back_ms = case when excluded.last_ms > mine.last_ms then excluded.back_ms else mine.back_ms end,
    weight = greatest(mine.weight, excluded.weight),
    threshold = least(mine.threshold, excluded.threshold),
    wide_last_ms = greatest(mine.wide_last_ms, excluded.wide_last_ms),
    wide_back_ms = case
      when mine.wide_last_ms is null or excluded.wide_last_ms > mine.wide_last_ms then excluded.wide_back_ms
      else mine.wide_back_ms
    end,
    feeder_customers = greatest(mine.feeder_customers, excluded.feeder_customers),
    changed_seq = greatest(mine.changed_seq, excluded.changed_seq);
  delete from reconcile.reporters where body_no = p_from;
end
$$;
comment on function reconcile.move_body(bigint, bigint) is 'Moves cells and reporters of one body to another.';
