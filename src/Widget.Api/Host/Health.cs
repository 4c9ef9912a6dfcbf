using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Widget.Api.Answers;
using Widget.Api.KeyRing;
using Widget.Api.Tenancy;
using Widget.Contracts;

namespace Widget.Api.Host;

internal static class Health
{
    private const string Ready = "ready";

    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<WarmUp.WarmUpQuestion>();
        services.AddSingleton<WarmUp.NodeWarmUp>();
        services.AddHostedService(provider => provider.GetRequiredService<WarmUp.NodeWarmUp>());
        services.AddHealthChecks()
            .AddCheck<DatabaseHealth>("database", tags: [Ready])
            .AddCheck<ChatModelHealth>("chat model", tags: [Ready])
            .AddCheck<ProgramsHealth>("programs", tags: [Ready]);
        return services;
    }

    public static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync })
            .DisableRateLimiting()
            .WithMetadata(AnyHost.Instance);
        routes.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains(Ready), ResponseWriter = WriteAsync })
            .DisableRateLimiting()
            .WithMetadata(AnyHost.Instance);
    }

    private static Task WriteAsync(HttpContext http, HealthReport report) => http.Response.WriteAsJsonAsync(new HealthState(
        report.Status.ToString().ToLowerInvariant(),
        [.. report.Entries.Select(entry => new HealthCheckState(entry.Key, entry.Value.Status.ToString().ToLowerInvariant(), entry.Value.Description))]));
}

/// <summary>Whether the database answers, holds the schema that this program knows, and does not let it past row-level security.</summary>
internal sealed class DatabaseHealth(NpgsqlDataSource dataSource, ServerOptions options, WarmUp.NodeWarmUp? warmUp = null) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // A node that has just started takes visitors when it can answer many of them at once.
        if (warmUp is not null) await warmUp.Done.WaitAsync(cancellationToken);
        try
        {
            if (await RoleProblemAsync(dataSource, cancellationToken) is { } problem) return HealthCheckResult.Unhealthy(problem);
            var pending = await Migrations.Database.PendingAsync(options.Database, cancellationToken);
            if (pending.Count > 0) return HealthCheckResult.Unhealthy($"The schema lacks {string.Join(", ", pending)}. Run `widget migrate`.");
            return await new DatabaseKeyRing(dataSource, options.MasterKeys).ProblemAsync(cancellationToken) is { } locked ? HealthCheckResult.Unhealthy(locked) : HealthCheckResult.Healthy();
        }
        catch (NpgsqlException)
        {
            return HealthCheckResult.Unhealthy("The database does not answer.");
        }
    }

    /// <summary>
    /// What is wrong with the role that the application is logged in as; null when row-level security holds for it. PostgreSQL lets past
    /// not only a table's owner but whoever is a member of it.
    /// </summary>
    public static async Task<string?> RoleProblemAsync(NpgsqlDataSource dataSource, CancellationToken ct)
    {
        await using var command = dataSource.CreateCommand(
            """
            select rolsuper or rolbypassrls or exists (
                select from pg_class where relrowsecurity and pg_has_role(me.oid, relowner, 'usage'))
            from pg_roles me where rolname = current_user
            """);
        return await command.ExecuteScalarAsync(ct) is true
            ? "The application is logged in as a role that row-level security does not hold for. Set WIDGET_DATABASE_APP to the login that `widget migrate` creates."
            : null;
    }
}

/// <summary>Says how questions are answered. With or without a model is healthy; with one that fails is not quite.</summary>
internal sealed class ChatModelHealth(ChatModel model, ModelCondition condition) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
            model.Client is null ? HealthCheckResult.Healthy("No language model is configured (WIDGET_CHAT_ENDPOINT); answers quote their sources.")
            : condition.Failure is { } failure ? HealthCheckResult.Degraded($"The language model failed at the last answer ({failure}), which quoted its sources instead.")
            : HealthCheckResult.Healthy("A language model is configured."));
}

/// <summary>Whether the programs that read documents are there; without them only their kind of document cannot be added.</summary>
internal sealed class ProgramsHealth : IHealthCheck
{
    private static readonly (string Program, string Package, string Lost)[] Programs =
    [
        ("pdftotext", "poppler-utils", "PDF documents cannot be read"),
        ("tesseract", "tesseract-ocr", "text in pictures and scanned pages cannot be read"),
        ("ffmpeg", "ffmpeg", "audio and video cannot be read"),
    ];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var missing = Programs
            .Where(needed => !Array.Exists(folders, folder => File.Exists(Path.Combine(folder, needed.Program))))
            .Select(needed => $"{needed.Program} is missing (package {needed.Package}), so {needed.Lost}.")
            .ToList();
        return Task.FromResult(missing.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(' ', missing)));
    }
}
