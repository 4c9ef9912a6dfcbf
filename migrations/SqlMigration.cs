using System.Reflection;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Widget.Migrations;

/// <summary>A migration whose body is the SQL file of the same name in this folder.</summary>
public abstract class SqlMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        // Row-level security also applies to the owner, and a migration may have to change all tenants' rows.
        migrationBuilder.Sql("set local app.across_tenants = 'on'");
        migrationBuilder.Sql(Read(GetType().GetCustomAttribute<MigrationAttribute>()!.Id));
    }

    private static string Read(string name)
    {
        using var stream = typeof(SqlMigration).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"migrations/{name}.sql is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

[DbContext(typeof(MigrationsContext)), Migration("0001_tenancy")]
public sealed class Tenancy : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0002_knowledge")]
public sealed class Knowledge : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0003_conversations")]
public sealed class Conversations : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0004_document_kinds")]
public sealed class DocumentKinds : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0005_sources")]
public sealed class Sources : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0006_evaluation")]
public sealed class Evaluation : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0007_knowledge_revisions")]
public sealed class KnowledgeRevisions : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0008_search_depth")]
public sealed class SearchDepth : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0009_jobs_in_order")]
public sealed class JobsInOrder : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0010_secrets_and_usage")]
public sealed class SecretsAndUsage : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0011_tavus_sessions")]
public sealed class TavusSessions : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0012_tools")]
public sealed class Tools : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0013_tavus_knowledge")]
public sealed class TavusKnowledge : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0014_voice")]
public sealed class Voice : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0015_speech")]
public sealed class Speech : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0016_tavus_line")]
public sealed class TavusLine : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0017_tavus_publications")]
public sealed class TavusPublications : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0018_tavus_wake")]
public sealed class TavusWake : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0019_answer_leases")]
public sealed class AnswerLeases : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0020_rate_limits")]
public sealed class RateLimits : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0021_model_usage")]
public sealed class ModelUsage : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0022_telemetry")]
public sealed class Telemetry : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0023_find_single_events")]
public sealed class FindSingleEvents : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0024_tavus_turns")]
public sealed class TavusTurns : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0025_fair_ingestion")]
public sealed class FairIngestion : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0026_forced_row_level_security")]
public sealed class ForcedRowLevelSecurity : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0027_semantic_vectors")]
public sealed class SemanticVectors : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0028_crawl_notices")]
public sealed class CrawlNotices : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0029_removed_sources")]
public sealed class RemovedSources : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0030_tenant_models")]
public sealed class TenantModels : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0031_notations_and_held_texts")]
public sealed class NotationsAndHeldTexts : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0032_visitor_identity")]
public sealed class VisitorIdentity : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0033_leads")]
public sealed class Leads : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0034_mail_outbox")]
public sealed class MailOutbox : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0035_lead_erasure")]
public sealed class LeadErasure : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0036_planned_claims")]
public sealed class PlannedClaims : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0037_lead_contacts")]
public sealed class LeadContacts : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0038_meetings")]
public sealed class Meetings : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0039_webhooks")]
public sealed class Webhooks : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0040_leads")]
public sealed class LeadOwners : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0041_inbox")]
public sealed class Inbox : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0042_tools")]
public sealed class SellingTools : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0043_analytics")]
public sealed class Analytics : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0044_triggers")]
public sealed class Triggers : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0045_crm")]
public sealed class Crm : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0046_accounts")]
public sealed class Accounts : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0047_access")]
public sealed class Access : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0048_rooms")]
public sealed class Rooms : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0049_agents")]
public sealed class Agents : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0050_selling")]
public sealed class Selling : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0051_installations")]
public sealed class Installations : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0052_privacy")]
public sealed class Privacy : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0053_console_speed")]
public sealed class ConsoleSpeed : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0054_account_mail_languages")]
public sealed class AccountMailLanguages : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0055_selling_fairness")]
public sealed class SellingFairness : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0056_tool_refusals")]
public sealed class ToolRefusals : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0057_shared_contacts")]
public sealed class SharedContacts : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0058_console_search")]
public sealed class ConsoleSearch : SqlMigration;

[DbContext(typeof(MigrationsContext)), Migration("0059_webhook_order")]
public sealed class WebhookOrder : SqlMigration;
