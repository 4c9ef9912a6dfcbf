-- What the console's first pages need to be read fast, however many conversations and leads a tenant has.

-- The inbox: the latest conversations of all, from which the lists of closed ones and of the assistant's are taken.
create index on conversations (tenant_id, updated_at desc, id desc);

-- Conversations that are few among many closed ones.
create index on handoffs (tenant_id, conversation_id) where spam;
create index on handoffs (tenant_id, conversation_id) where state = 'open';

-- Leads by score: the table in this order, and the board's columns.
create index on leads (tenant_id, (coalesce(score, -1)) desc, id desc) where top_id is null;
