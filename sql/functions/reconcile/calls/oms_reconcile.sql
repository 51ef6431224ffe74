create or replace procedure public.oms_reconcile(
  p_run text,
  p_from timestamptz default null,
  p_to timestamptz default null,
  p_order text default 'log'
)
language plpgsql as $$
begin
  perform reconcile.begin_replay(p_run, p_from, p_to, p_order);
  commit;
  loop
    -- A step that a crash takes away is done again: there is no need to wait for the disk each time.
    perform set_config('synchronous_commit', 'off', true);
    exit when public.oms_reconcile_step(p_run) = 0;
    commit;
  end loop;
end
$$;
comment on procedure public.oms_reconcile(text, timestamptz, timestamptz, text) is
  'Replays the stored log of a stretch of time (by when events were received) through the second engine, in log or event-time order, into a run of its own. Commits in between: called again after an interruption it goes on.';
