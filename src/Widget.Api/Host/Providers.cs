using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Widget.Api.Accounts;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Web;
using Widget.Contracts;

namespace Widget.Api.Host;

/// <summary>The model, video and e-mail services of the installation, for the operator area. Keys are not shown.</summary>
internal static class Providers
{
    public static void MapProviders(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/api/operator/providers", List).RequireAuthorization(AccountPolicies.Operator)
            .ProducesProblem(401).ProducesProblem(403).WithTags("Operator").WithMetadata(WithoutTenant.Instance)
            .WithSummary("List the outside services of the installation and their state");

    private static async Task<Ok<IReadOnlyList<OperatorProvider>>> List(
        ServerOptions options,
        HealthCheckService health,
        CancellationToken ct)
    {
        var checks = Readiness.Describe(await health.CheckHealthAsync(check => check.Tags.Contains(Readiness.Tag), ct)).Checks;
        return TypedResults.Ok<IReadOnlyList<OperatorProvider>>(
        [
            Describe("Language model", options.Chat.Endpoint, options.Chat.Model, "WIDGET_CHAT_…", "chat model"),
            Describe("Embeddings", options.Embedding.Endpoint, options.Embedding.Model, "WIDGET_EMBEDDING_…"),
            Describe("Reranker", options.Rerank.Endpoint, options.Rerank.Model, "WIDGET_RERANK_…"),
            Describe("Transcription", options.Transcription.Endpoint, options.Transcription.Model, "WIDGET_TRANSCRIPTION_…"),
            Describe("Vision", options.Vision.Endpoint, options.Vision.Model, "WIDGET_VISION_…"),
            Describe("Spoken replies", options.Speech.Endpoint, options.Speech.Model, "WIDGET_SPEECH_…"),
            Describe("Realtime voice", options.Voice.Endpoint, options.Voice.Model, "WIDGET_VOICE_…"),
            Describe("Video (Tavus)", options.TavusApi.Key is null ? null : options.TavusApi.Endpoint, null, "WIDGET_TAVUS_…"),
            Describe("E-mail", options.Mail.Server, null, "WIDGET_SMTP_URL, WIDGET_MAIL_FROM", "mail"),
        ]);

        OperatorProvider Describe(string name, Uri? endpoint, string? model, string variable, string? check = null)
        {
            var state = checks.FirstOrDefault(entry => entry.Name == check);
            return new OperatorProvider(
                name,
                endpoint is not null,
                endpoint?.Host,
                endpoint is null || string.IsNullOrEmpty(model) ? null : model,
                variable,
                state?.Status,
                state?.Detail);
        }
    }
}
