using System.Text.Json;
using Npgsql;
using Pgvector;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Rag.Embeddings;
using Widget.Rag.Embeddings.Local;

namespace Widget.Api.Analytics.Unanswered;

/// <summary>Questions that were not answered, in groups that ask about the same thing.</summary>
/// <param name="database">The tenants' database.</param>
/// <param name="sentences">The local sentence models; null to group by words alone.</param>
internal sealed class UnansweredService(TenantDatabase database, SentenceEmbedder? sentences)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    private const int MaxExamples = 10;

    /// <summary>Maximum number of questions that are grouped in one transaction.</summary>
    private const int BatchSize = 100;

    /// <summary>Maximum number of groups that a new question is compared with: those that got a question last.</summary>
    private const int MaxCompared = 3_000;

    private static readonly JsonSerializerOptions Json = JsonSerializerOptions.Web;

    /// <summary>Groups some of a tenant's questions. Returns how many.</summary>
    public async Task<int> GroupAsync(TenantId tenant, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        // Two nodes must not make two groups of the same question.
        await db.LockAsync("unanswered questions", ct);
        var waiting = await WaitingAsync(db, ct);
        if (waiting.Count == 0) return 0;
        var groups = new QuestionGroups(await GroupsAsync(db, ct));
        await using var changes = db.Batch();
        var joined = waiting
            .Select(question => (Asked: question, Group: groups.Add(question.Question, Vectors(question.Question))))
            .ToList();
        foreach (var group in groups.Changed) changes.BatchCommands.Add(Save(tenant, group));
        foreach (var (asked, group) in joined)
        {
            changes.BatchCommands.Add(Command(
                "update unanswered_questions set group_id = $4 where tenant_id = $1 and conversation_id = $2 and seq = $3",
                [tenant.Value, asked.Conversation, asked.Seq, group.Id]));
        }

        await changes.ExecuteNonQueryAsync(ct);
        await db.CommitAsync(ct);
        return waiting.Count;
    }

    /// <summary>Returns the groups with questions in a period, the most frequent first.</summary>
    public async Task<UnansweredPage> ListAsync(TenantId tenant, AnalyticsPeriod period, int skip, int limit, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant)
            .Add(
                "select count(*) from unanswered_questions where tenant_id = $1 and group_id is null and asked_at >= $2 and asked_at < $3",
                [tenant.Value, period.Start, period.End])
            .Add(
                $"""
                with found as (
                  select question.group_id, count(*) as questions, count(distinct question.conversation_id) as conversations,
                    min(question.asked_at) as first, max(question.asked_at) as last, count(*) over () as total
                  from unanswered_questions question
                  join unanswered_groups grouped on grouped.tenant_id = question.tenant_id and grouped.id = question.group_id
                  where question.tenant_id = $1 and question.asked_at >= $2 and question.asked_at < $3
                    and (grouped.dismissed_at is null or question.asked_at > grouped.dismissed_at)
                  group by question.group_id
                  order by count(*) desc, max(question.asked_at) desc, question.group_id
                  offset $4 limit $5
                )
                select found.group_id, found.questions, found.conversations, found.first, found.last, found.total, (
                  select jsonb_agg(jsonb_build_object(
                    'conversationId', example.conversation_id, 'seq', example.seq, 'question', example.question,
                    'askedAt', example.asked_at)
                    order by example.asked_at desc)
                  from (
                    select * from unanswered_questions asked
                    where asked.tenant_id = $1 and asked.group_id = found.group_id and asked.asked_at between found.first and found.last
                    order by asked.asked_at desc limit {MaxExamples}
                  ) example)
                from found
                order by found.questions desc, found.last desc, found.group_id
                """,
                [tenant.Value, period.Start, period.End, skip, limit]);
        await using var rows = await batch.ReadAsync(ct);
        await rows.ReadAsync(ct);
        var waiting = rows.GetInt64(0);
        await rows.NextResultAsync(ct);
        var (groups, total) = (new List<UnansweredGroup>(), 0L);
        while (await rows.ReadAsync(ct))
        {
            var examples = JsonSerializer.Deserialize<List<UnansweredQuestion>>(rows.GetString(6), Json)!;
            total = rows.GetInt64(5);
            groups.Add(new UnansweredGroup
            {
                Id = rows.GetGuid(0),
                Question = examples[0].Question,
                Count = rows.GetInt64(1),
                Conversations = rows.GetInt64(2),
                FirstAskedAt = rows.GetFieldValue<DateTimeOffset>(3),
                LastAskedAt = rows.GetFieldValue<DateTimeOffset>(4),
                Examples = examples,
            });
        }

        return new UnansweredPage(groups, total, waiting);
    }

    /// <summary>Hides a group until one of its questions is asked again. Returns false if there is no such group.</summary>
    public async Task<bool> DismissAsync(TenantId tenant, Guid group, CancellationToken ct)
    {
        await using var batch = database.Batch(tenant).Add(
            "update unanswered_groups set dismissed_at = now() where tenant_id = $1 and id = $2 returning 1",
            [tenant.Value, group]);
        await using var row = await batch.ReadAsync(ct);
        return await row.ReadAsync(ct);
    }

    private QuestionVectors Vectors(string question) => QuestionVectors.Of(question, sentences);

    private static async Task<IReadOnlyList<(Guid Conversation, int Seq, string Question)>> WaitingAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select conversation_id, seq, question from unanswered_questions
            where tenant_id = $1 and group_id is null order by asked_at, conversation_id, seq limit {BatchSize}
            """,
            [db.TenantId.Value]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var waiting = new List<(Guid, int, string)>();
        while (await rows.ReadAsync(ct)) waiting.Add((rows.GetGuid(0), rows.GetInt32(1), rows.GetString(2)));
        return waiting;
    }

    private static async Task<IReadOnlyList<QuestionGroup>> GroupsAsync(TenantDb db, CancellationToken ct)
    {
        await using var command = db.Command(
            $"""
            select id, questions, spelling, case when model = $2 then meaning end from unanswered_groups
            where tenant_id = $1 order by changed_at desc limit {MaxCompared}
            """,
            [db.TenantId.Value, SentenceEmbedder.Model]);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var groups = new List<QuestionGroup>();
        while (await rows.ReadAsync(ct))
        {
            groups.Add(new QuestionGroup
            {
                Id = rows.GetGuid(0),
                Questions = rows.GetInt32(1),
                Vectors = new QuestionVectors(rows.IsDBNull(3) ? null : Floats(rows, 3), Floats(rows, 2)),
            });
        }

        return groups;
    }

    private static NpgsqlBatchCommand Save(TenantId tenant, QuestionGroup group) => Command(
        """
        insert into unanswered_groups (tenant_id, id, model, meaning, spelling, questions) values ($1, $2, $3, $4, $5, $6)
        on conflict (tenant_id, id) do update set
          model = excluded.model, meaning = excluded.meaning, spelling = excluded.spelling, questions = excluded.questions,
          changed_at = now()
        """,
        [
            tenant.Value,
            group.Id,
            SentenceEmbedder.Model,
            group.Vectors.Meaning is { } meaning
                ? HalfVectors.From(meaning)
                : new NpgsqlParameter { Value = DBNull.Value, DataTypeName = "halfvec" },
            HalfVectors.From(group.Vectors.Spelling),
            group.Questions,
        ]);

    private static NpgsqlBatchCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values) command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        return command;
    }

    private static float[] Floats(NpgsqlDataReader row, int column) =>
        Array.ConvertAll(row.GetFieldValue<HalfVector>(column).ToArray(), half => (float)half);
}
