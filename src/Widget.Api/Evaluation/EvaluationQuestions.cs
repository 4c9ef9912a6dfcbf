using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Platform.Text;

namespace Widget.Api.Evaluation;

/// <summary>Why a question was not saved.</summary>
public enum QuestionRefusal
{
    None,
    NoSuchQuestion,
    NameTaken,
    TooMany,
}

/// <summary>A tenant's test questions.</summary>
public sealed class EvaluationQuestions(TenantDatabase database, TimeProvider clock)
{
    /// <summary>The number of questions is limited, because a run asks them one after another.</summary>
    public const int MaxQuestions = 2_000;

    private const int MaxNameLength = 200;

    /// <summary>A page of the questions by name, and the total number.</summary>
    public async Task<EvaluationQuestionPage> ListAsync(TenantId tenant, string? tag, int offset, int limit, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var questions = db.EvaluationQuestions.AsNoTracking().Where(row => tag == null || row.Tags.Contains(tag));
        var total = await questions.CountAsync(ct);
        var page = await questions.OrderBy(row => row.Name).Skip(offset).Take(limit).ToListAsync(ct);
        return new EvaluationQuestionPage([.. page.Select(row => row.ToContract())], total);
    }

    /// <summary>Finds a question. Null when the tenant has no such question.</summary>
    public async Task<EvaluationQuestion?> FindAsync(TenantId tenant, EvaluationQuestionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        return (await db.EvaluationQuestions.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, ct))?.ToContract();
    }

    /// <summary>Adds a question.</summary>
    public async Task<(EvaluationQuestion? Question, QuestionRefusal Refusal)> AddAsync(
        TenantId tenant,
        EvaluationQuestionRequest request,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await LockAsync(db, ct);
        if (await db.EvaluationQuestions.CountAsync(ct) >= MaxQuestions) return (null, QuestionRefusal.TooMany);
        var row = CreateRow(tenant, request);
        if (await db.EvaluationQuestions.AnyAsync(other => other.Name == row.Name, ct)) return (null, QuestionRefusal.NameTaken);
        db.EvaluationQuestions.Add(row);
        await db.CommitAsync(ct);
        return (row.ToContract(), QuestionRefusal.None);
    }

    /// <summary>Replaces a question.</summary>
    public async Task<(EvaluationQuestion? Question, QuestionRefusal Refusal)> ReplaceAsync(
        TenantId tenant,
        EvaluationQuestionId id,
        EvaluationQuestionRequest request,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await LockAsync(db, ct);
        if (await db.EvaluationQuestions.SingleOrDefaultAsync(row => row.Id == id, ct) is not { } row)
            return (null, QuestionRefusal.NoSuchQuestion);
        Fill(row, request);
        if (await db.EvaluationQuestions.AnyAsync(other => other.Name == row.Name && other.Id != id, ct))
            return (null, QuestionRefusal.NameTaken);
        await db.CommitAsync(ct);
        return (row.ToContract(), QuestionRefusal.None);
    }

    /// <summary>Deletes a question. False when the tenant has no such question.</summary>
    public async Task<bool> DeleteAsync(TenantId tenant, EvaluationQuestionId id, CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        var deleted = await db.EvaluationQuestions.Where(row => row.Id == id).ExecuteDeleteAsync(ct);
        await db.CommitAsync(ct);
        return deleted == 1;
    }

    /// <summary>
    /// Adds questions. A question replaces an earlier one with the same name, also within the list. Returns null and saves nothing if there
    /// would be too many.
    /// </summary>
    public async Task<(int Added, int Replaced)?> ImportAsync(
        TenantId tenant,
        IReadOnlyList<EvaluationQuestionRequest> questions,
        CancellationToken ct)
    {
        await using var db = await database.BeginAsync(tenant, ct);
        await LockAsync(db, ct);
        var byName = await db.EvaluationQuestions.ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, ct);
        var before = byName.Count;
        foreach (var question in questions)
        {
            var name = NameOf(question);
            if (byName.TryGetValue(name, out var row))
            {
                Fill(row, question);
                continue;
            }

            db.EvaluationQuestions.Add(byName[name] = CreateRow(tenant, question));
        }

        if (byName.Count > MaxQuestions) return null;
        var added = byName.Count - before;
        await db.CommitAsync(ct);
        return (added, questions.Count - added);
    }

    // One writer at a time for each tenant, so that the limit is kept and names are unique.
    private static Task LockAsync(TenantDb db, CancellationToken ct) => db.LockAsync("evaluation", ct);

    private EvaluationQuestionRow CreateRow(TenantId tenant, EvaluationQuestionRequest request)
    {
        var now = clock.GetUtcNow();
        var row = new EvaluationQuestionRow
        {
            TenantId = tenant,
            Id = EvaluationQuestionId.New(),
            Name = "",
            Text = "",
            Sources = [],
            Facts = [],
            Tags = [],
            CreatedAt = now,
        };
        Fill(row, request);
        return row;
    }

    private void Fill(EvaluationQuestionRow row, EvaluationQuestionRequest request)
    {
        row.Name = NameOf(request);
        row.Text = request.Text.Trim();
        row.Language = request.Language;
        row.Sources = [.. (request.Sources ?? []).Select(source => source.Trim()).Distinct(StringComparer.Ordinal)];
        row.Facts = [.. (request.Facts ?? []).Select(fact => fact.Trim()).Distinct(StringComparer.Ordinal)];
        row.ShouldRefuse = request.ShouldRefuse;
        row.Tags = [.. (request.Tags ?? []).Select(tag => tag.Trim()).Distinct(StringComparer.Ordinal)];
        row.UpdatedAt = clock.GetUtcNow();
    }

    private static string NameOf(EvaluationQuestionRequest request)
    {
        var name = string.IsNullOrWhiteSpace(request.Name) ? request.Text.Trim() : request.Name.Trim();
        return Truncation.Truncate(name, MaxNameLength);
    }
}
