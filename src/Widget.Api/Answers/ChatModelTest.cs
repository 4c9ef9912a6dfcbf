using System.ClientModel;
using System.Globalization;
using Microsoft.Extensions.AI;
using Npgsql;
using Widget.Api.Models;
using Widget.Api.Usage;
using Widget.Contracts;
using Widget.Platform.Tenancy;

namespace Widget.Api.Answers;

/// <summary>
/// Checks a tenant's own chat model with a short question, which costs a few tokens, and explains each problem and what to do about it.
/// </summary>
public sealed class ChatModelTest(ChatModels models, ChatModelOptions options, UsageMeter usage, TimeProvider clock)
{
    /// <summary>Time limit for the rest of the answer after its first word.</summary>
    private static readonly TimeSpan MaxWriting = TimeSpan.FromSeconds(20);
    private const int MaxListedModels = 10;

    private static readonly ChatMessage[] Question =
    [
        new(ChatRole.System, "This is a connection test. Reply with one short sentence."),
        new(ChatRole.User, "Hello! Do you receive this?"),
    ];

    /// <param name="tenant">The tenant whose usage counts the tokens.</param>
    /// <param name="account">The model.</param>
    /// <param name="server">The server's reply to the request for its models.</param>
    /// <param name="ct">Cancels the test.</param>
    internal async Task<ConnectionReport> RunAsync(TenantId tenant, ModelAccount account, ModelServerReply server, CancellationToken ct)
    {
        var checks = new List<ConnectionCheck> { server.ToCheck() };
        if (server.State == ModelServerState.Reached) await AddAnswerAsync(checks, tenant, account, server, ct);
        return new ConnectionReport(checks.TrueForAll(check => check.Ok), checks);
    }

    private async Task AddAnswerAsync(
        List<ConnectionCheck> checks,
        TenantId tenant,
        ModelAccount account,
        ModelServerReply server,
        CancellationToken ct)
    {
        using var tally = ModelTally.Begin();
        try
        {
            checks.Add(await AskAsync(account, ct));
        }
        catch (Exception e) when (!ct.IsCancellationRequested)
        {
            checks.Add(Failed(e, account, server));
        }
        finally
        {
            await CountAsync(tenant, tally.Use);
        }
    }

    private async Task<ConnectionCheck> AskAsync(ModelAccount account, CancellationToken ct)
    {
        var (start, first, isComplete) = (clock.GetTimestamp(), default(TimeSpan?), false);
        using var deadline = new CancellationTokenSource(options.FirstTokenTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, ct);
        var client = models.CreateForTest(account);
        try
        {
            await foreach (var update in client.GetStreamingResponseAsync(Question, AnswerPrompt.Options(), either.Token))
            {
                isComplete |= update.FinishReason is not null;
                if (first is not null || update.Text.Length == 0) continue;
                first = clock.GetElapsedTime(start);
                deadline.CancelAfter(MaxWriting);
            }
        }
        catch (OperationCanceledException) when (first is not null && !ct.IsCancellationRequested)
        {
            return new("answers", Ok: false, $"{account.Model} did not finish a short answer within {MaxWriting.TotalSeconds:0} s.");
        }

        if (first is not { } wait || !isComplete)
            return new("answers", Ok: false, $"{account.Model} sent no complete answer. Choose a model that writes text.");
        var seconds = wait.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        return new("answers", Ok: true, $"{account.Model} answers. Its first word took {seconds} s.");
    }

    private ConnectionCheck Failed(Exception failure, ModelAccount account, ModelServerReply server)
    {
        while (failure is AggregateException { InnerExceptions: [.., var last] }) failure = last;
        return failure switch
        {
            ClientResultException { Status: 401 } =>
                new("key", Ok: false, $"{account.Host} does not accept the key. Copy it again from the provider."),
            ClientResultException { Status: 403 } =>
                new("key", Ok: false, $"The key may not use {account.Model}. Check the key's rights at the provider."),
            ClientResultException { Status: 404 } => new("model", Ok: false, UnknownModel(account, server)),
            OperationCanceledException or TimeoutException => new(
                "answers",
                Ok: false,
                $"{account.Model} did not begin to answer within {options.FirstTokenTimeout.TotalSeconds:0} s. Visitors wait no longer; "
                + "then answers quote their sources."),
            ClientResultException { Status: 400 or 422 } => new(
                "answers",
                Ok: false,
                $"{account.Host} rejects requests to {account.Model}. Choose a chat model that accepts a system message and a "
                + "temperature."),
            _ => new("answers", Ok: false, $"{account.Model} does not answer: {ModelFault.MessageOf(failure, ModelSettingNames.Tenants)}."),
        };
    }

    private static string UnknownModel(ModelAccount account, ModelServerReply server)
    {
        if (account.Provider == ModelProvider.Azure)
            return $"{account.Host} has no deployment named {account.Model}. Set the name of a deployment, not of a model.";
        if (server.Models is not { Count: > 0 } listed)
            return $"{account.Host} knows no model {account.Model}, or no API is below {account.Endpoint.AbsolutePath}. Often it is /v1.";
        var names = string.Join(", ", listed.Take(MaxListedModels));
        return listed.Contains(account.Model, StringComparer.Ordinal)
            ? $"{account.Model} at {account.Host} is no chat model."
            : $"{account.Host} has no model {account.Model}. It has {names}{(listed.Count > MaxListedModels ? " and others" : "")}.";
    }

    // The test answers no visitor, so its tokens count as a completion.
    private async Task CountAsync(TenantId tenant, ModelUse use)
    {
        if (use.IsEmpty) return;
        try
        {
            await usage.CountAsync(tenant, UsageMeter.Completion, Guid.CreateVersion7(), use, CancellationToken.None);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            // The tenant has been deleted.
        }
    }
}
