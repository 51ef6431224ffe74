create or replace function reconcile.look_again(p_bodies bigint[]) returns void
language plpgsql as $$
begin
  if p_bodies <> '{}' then
    update reconcile.outages
    set look_ms = -9000000000000000
    where body_no = any (p_bodies) and merged_into is null and look_ms > -9000000000000000;
  end if;
end
$$;
comment on function reconcile.look_again(bigint[]) is
  'Lets the next sweep look whether the outages of bodies have settled: somebody of theirs is back.';
