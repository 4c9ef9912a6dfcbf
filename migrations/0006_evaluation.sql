-- Evaluation: a tenant's test questions, and runs that ask them all.

create table evaluation_questions (
  tenant_id     uuid        not null references tenants on delete cascade,
  id            uuid        not null,
  name          text        not null,               -- the tenant's own; importing it again replaces the question
  text          text        not null,
  language      text,
  sources       text[]      not null default '{}',  -- external ids or addresses; any of them is right
  facts         text[]      not null default '{}',  -- what the answer must contain, all of it
  should_refuse boolean     not null default false, -- the knowledge does not answer it, and the assistant must say so
  tags          text[]      not null default '{}',
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table evaluation_runs (
  tenant_id        uuid        not null references tenants on delete cascade,
  id               uuid        not null,
  status           text        not null default 'queued' check (status in ('queued', 'running', 'finished', 'cancelled', 'failed')),
  strategy         text        not null check (strategy in ('parallel', 'smart', 'fallback')),
  with_answers     boolean     not null,
  total            integer     not null,
  done             integer     not null default 0,
  documents        integer     not null,               -- the size of the knowledge when the run began
  chunks           integer     not null,
  metrics          jsonb,                              -- once it has ended
  error            text,
  cancel_requested boolean     not null default false,
  created_at       timestamptz not null default now(),
  started_at       timestamptz,
  finished_at      timestamptz,
  lease_owner      uuid,
  lease_until      timestamptz,
  primary key (tenant_id, id)
);
-- A tenant has one run at a time.
create unique index on evaluation_runs (tenant_id) where finished_at is null;
create index on evaluation_runs (created_at) where finished_at is null;

-- The run's questions, as they were when it began, and what came of each.
create table evaluation_results (
  tenant_id uuid     not null,
  run_id    uuid     not null,
  ordinal   integer  not null,
  question  jsonb    not null,
  result    jsonb,                              -- null until it has been asked
  attempts  smallint not null default 0,
  primary key (tenant_id, run_id, ordinal),
  foreign key (tenant_id, run_id) references evaluation_runs on delete cascade
);

do $$
declare
  owned text;
begin
  foreach owned in array array['evaluation_questions', 'evaluation_runs', 'evaluation_results'] loop
    execute format('alter table %I enable row level security', owned);
    execute format('create policy tenant on %I using (tenant_id = (select current_tenant()))', owned);
    execute format('grant select, insert, update, delete on %I to widget_application', owned);
  end loop;
end
$$;

-- The evaluating nodes' way across tenants: takes the unfinished run that has waited longest for its turn.
create function claim_evaluation_run(worker uuid, lease interval) returns table (tenant_id uuid, run_id uuid)
  language sql volatile security definer set search_path = pg_catalog, public, pg_temp as $$
    update evaluation_runs run
    set lease_owner = worker, lease_until = now() + lease, started_at = coalesce(run.started_at, now()), status = 'running'
    from (
      select r.tenant_id, r.id from evaluation_runs r
      where r.finished_at is null and (r.lease_until is null or r.lease_until <= now())
      order by r.lease_until nulls first, r.created_at
      for update skip locked
      limit 1
    ) free
    where run.tenant_id = free.tenant_id and run.id = free.id
    returning run.tenant_id, run.id
  $$;

revoke execute on function claim_evaluation_run from public;
grant  execute on function claim_evaluation_run to widget_application;
