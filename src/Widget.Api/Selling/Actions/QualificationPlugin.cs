using System.Text.Json;
using Microsoft.SemanticKernel;
using Widget.Api.Leads.Qualification;
using Widget.Api.Tools;
using Widget.Api.Visitors;
using Widget.Contracts;

namespace Widget.Api.Selling.Actions;

/// <summary>The tool that keeps a visitor's answers to the tenant's qualification questions.</summary>
internal sealed class QualificationPlugin(QualificationService qualification)
{
    private const string Description =
        "Keeps what the visitor has said about their budget, need, role or time, as answers to the company's questions. Use it when the "
        + "visitor has said it. Never guess an answer. Call it without answers to get the questions.";

    public KernelPlugin ToKernelPlugin() => KernelPluginFactory.CreateFromFunctions("qualification", [Tool.DeclareForConversation(
        QualifyAsync,
        "qualify_lead",
        Description,
        Tool.Parameter(
            "answers",
            new { type = "object", description = "The answers by the questions' keys." },
            isRequired: false))]);

    private async Task<ToolResult> QualifyAsync(KernelArguments call, JsonElement? answers = null, CancellationToken ct = default)
    {
        var context = ToolInvocation.Of(call).Context;
        var given = answers is { ValueKind: JsonValueKind.Object } some
            ? some.EnumerateObject().ToDictionary(answer => answer.Name, answer => answer.Value.Clone(), StringComparer.Ordinal)
            : [];
        if (given.Count == 0) return await QuestionsAsync(context, ct);
        var outcome = await qualification.AnswerAsync(
            new VisitorTicket(context.Tenant.TenantId, context.Visitor!.Value, Origin: null),
            context.Conversation!.Value,
            new QualificationRequest { ClientId = $"tool:{context.CallId}", Answers = given },
            ct);
        if (outcome.Refusal is { } refusal) return ToolResult.Failed(refusal.Message);
        if (outcome.Problem is { } problem)
            return ToolResult.Failed(problem.Error, new { questions = await qualification.QuestionsAsync(context.Tenant.TenantId, ct) });
        return outcome.Answered is null
            ? ToolResult.Failed("The conversation has been deleted.")
            : ToolResult.Of(new { kept = true, note = "Go on with the conversation. Do not mention a score." });
    }

    private async Task<ToolResult> QuestionsAsync(ToolContext context, CancellationToken ct)
    {
        var questions = await qualification.QuestionsAsync(context.Tenant.TenantId, ct);
        return ToolResult.Of(new { questions, note = "Ask for one thing at a time, where it fits the conversation." });
    }
}
