-- A lead is deleted with its last conversation, so that erasing a visitor or a conversation leaves no address behind.
create function delete_lead_without_conversations() returns trigger
  language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
  begin
    -- Waits for a request that gives the lead another conversation at the same time. The next statement sees that conversation.
    perform from leads where tenant_id = old.tenant_id and id = old.lead_id for update;
    delete from leads lead
    where lead.tenant_id = old.tenant_id and lead.id = old.lead_id
      and not exists (select from lead_conversations kept where kept.tenant_id = lead.tenant_id and kept.lead_id = lead.id);
    return null;
  end
  $$;
revoke execute on function delete_lead_without_conversations from public;

create trigger delete_lead after delete on lead_conversations
  for each row execute function delete_lead_without_conversations();

delete from leads lead
where not exists (select from lead_conversations kept where kept.tenant_id = lead.tenant_id and kept.lead_id = lead.id);

grant delete on leads to widget_application;
