-- loses: reconciliations and runs of the second engine (reconcile.runs, reconcile.events, reconcile.reports, reconcile.outages)
drop function if exists public.oms_correlate_events;
drop function if exists public.oms_reconcile_command;
drop function if exists public.oms_reconcile_rules;
drop function if exists public.oms_reconcile_step;
drop procedure if exists public.oms_reconcile;
drop schema reconcile cascade;
