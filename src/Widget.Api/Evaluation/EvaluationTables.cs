using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Evaluation;

/// <summary>The tables of test questions and evaluation runs.</summary>
public static class EvaluationTables
{
    public static TenantTables Tables { get; } = new(typeof(EvaluationTables).Assembly, Map);

    extension(TenantDb db)
    {
        public DbSet<EvaluationQuestionRow> EvaluationQuestions => db.Set<EvaluationQuestionRow>();

        public DbSet<EvaluationRunRow> EvaluationRuns => db.Set<EvaluationRunRow>();

        public DbSet<EvaluationResultRow> EvaluationResults => db.Set<EvaluationResultRow>();
    }

    private static void Map(ModelBuilder model)
    {
        var question = model.Entity<EvaluationQuestionRow>();
        question.ToTable("evaluation_questions").HasKey(row => new { row.TenantId, row.Id });
        question.Property(row => row.CreatedAt).HasDefaultValueSql("now()");
        question.Property(row => row.UpdatedAt).HasDefaultValueSql("now()");

        var run = model.Entity<EvaluationRunRow>();
        run.ToTable("evaluation_runs").HasKey(row => new { row.TenantId, row.Id });
        run.Property(row => row.Status)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<EvaluationStatus>(text, true));
        run.Property(row => row.Strategy)
            .HasConversion(value => value.ToString().ToLowerInvariant(), text => Enum.Parse<SearchStrategyName>(text, true));
        run.Property(row => row.Metrics).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<EvaluationMetrics>(text, JsonSerializerOptions.Web)!);
        run.Property(row => row.CreatedAt).HasDefaultValueSql("now()");

        var result = model.Entity<EvaluationResultRow>();
        result.ToTable("evaluation_results").HasKey(row => new { row.TenantId, row.RunId, row.Ordinal });
        result.HasOne<EvaluationRunRow>().WithMany().HasForeignKey(row => new { row.TenantId, row.RunId });
        result.Property(row => row.Question).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<EvaluationQuestion>(text, JsonSerializerOptions.Web)!);
        result.Property(row => row.Result).HasColumnType("jsonb").HasConversion(
            value => JsonSerializer.Serialize(value, JsonSerializerOptions.Web),
            text => JsonSerializer.Deserialize<EvaluationResult>(text, JsonSerializerOptions.Web)!);
    }
}
