using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.SemanticKernel;
using Widget.Api.Conversations;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;
using Widget.Platform.Tenancy;
using Widget.Testing;

namespace Widget.Api.Tests.Tools;

public sealed class ToolRunnerShould(ApiFixture api) : IAsyncLifetime
{
    private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TestTool _booking = TestTool.Booking();
    private readonly TestTool _broken = new("broken", false, (_, _, _) => throw new InvalidOperationException("It knows a secret."));
    private TestTool _slow = null!;
    private ApiNode _node = null!;
    private TestTenant _tenant = null!;

    public async ValueTask InitializeAsync()
    {
        _slow = new TestTool("slow", true, async (_, _, _) =>
        {
            await _release.Task;
            return ToolResult.Of(new { done = true });
        });
        _node = await ApiNode.StartAsync(api.Database, services: services =>
        {
            foreach (var tool in new[] { _booking, _broken, _slow }) tool.Register(services);
        });
        _tenant = await TestTenant.CreateAsync(api, _node);
    }

    public async ValueTask DisposeAsync()
    {
        _release.TrySetResult();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task Run_the_same_call_once_and_return_its_result_when_it_is_sent_again()
    {
        var first = await RunAsync("book_ride", """{"bike": "Tide"}""", "call-1");
        var second = await RunAsync("book_ride", """{"bike":"Tide"}""", "call-1");

        first.Success.ShouldBeTrue();
        first.Value.GetProperty("booked").GetString().ShouldBe("Tide");
        JsonElement.DeepEquals(second.Value, first.Value).ShouldBeTrue();
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Let_a_repeated_call_wait_for_the_one_that_runs()
    {
        var calls = Enumerable.Range(0, 5).Select(_ => RunAsync("slow", """{"bike": "Tide"}""", "call-2")).ToList();
        await Eventually.TrueAsync(() => _slow.Runs > 0, "one runs");
        calls.ShouldAllBe(call => !call.IsCompleted);

        _release.SetResult();

        (await Task.WhenAll(calls)).ShouldAllBe(outcome => outcome.Success);
        _slow.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Refuse_an_id_that_was_used_for_another_call()
    {
        await RunAsync("book_ride", """{"bike": "Tide"}""", "call-3");

        var other = await RunAsync("book_ride", """{"bike": "Shore"}""", "call-3");

        other.Status.ShouldBe(ToolStatus.Conflict);
        _booking.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task Keep_calls_of_other_tenants_apart()
    {
        var other = await TestTenant.CreateAsync(api, _node);

        await RunAsync("book_ride", """{"bike": "Tide"}""", "call-4");
        await RunAsync("book_ride", """{"bike": "Tide"}""", "call-4", other);

        _booking.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Return_an_error_without_the_exceptions_message_when_a_tool_fails()
    {
        var outcome = await RunAsync("broken", """{"bike": "Tide"}""", "call-5");

        outcome.Status.ShouldBe(ToolStatus.Failed);
        outcome.Value.GetProperty("error").GetString().ShouldBe("It failed. Say that it is not possible right now.");
    }

    [Fact]
    public async Task Give_up_on_a_tool_that_takes_too_long()
    {
        // It ignores its token.
        var endless = new TestTool("endless", false, (_, _, _) => new TaskCompletionSource<ToolResult>().Task).ToPlugin();
        var kernel = new Kernel();
        kernel.FunctionInvocationFilters.Add(new ToolArgumentCheck());
        kernel.FunctionInvocationFilters.Add(new ToolTimeLimit(new FastClock(), NullLogger<ToolTimeLimit>.Instance));
        var runner = new ToolRunner(kernel, new ToolRegistry([endless]), _node.Service<ToolRefusals>());

        var result = await runner.RunAsync(
            await ContextAsync("call-6"), "endless", JsonDocument.Parse("""{"bike": "Tide"}""").RootElement, CancellationToken.None);

        result.Success.ShouldBeFalse();
        result.Value.GetProperty("error").GetString().ShouldBe("It took too long. Say that it is not possible right now.");
    }

    [Fact]
    public async Task Refuse_tools_with_effects_where_the_call_is_not_certain_and_record_no_guess()
    {
        var arguments = JsonDocument.Parse("""{"bike": "Tide"}""").RootElement;
        async Task<ToolResult> CallAsync(string tool, ToolCallMode mode) => await _node.Service<ToolRunner>().RunAsync(
            await ContextAsync("call-14") with { Mode = mode }, tool, arguments, CancellationToken.None);

        (await CallAsync("book_ride", ToolCallMode.Unconfirmed)).ErrorMessage
            .ShouldBe("This is not possible in this way. Offer to do it in writing.");
        (await CallAsync("book_ride", ToolCallMode.Completion)).Status.ShouldBe(ToolStatus.Unknown);
        for (var i = 0; i < 2; i++) (await CallAsync("broken", ToolCallMode.Completion)).Status.ShouldBe(ToolStatus.Failed);

        _booking.Runs.ShouldBe(0);
        _broken.Runs.ShouldBe(2);
    }

    [Fact]
    public async Task Run_no_function_that_is_invoked_without_a_call()
    {
        var kernel = _node.Service<Kernel>();

        var invoked = kernel.InvokeAsync("knowledge", "search_knowledge", new KernelArguments { ["query"] = "charging" });

        (await Should.ThrowAsync<InvalidOperationException>(invoked)).Message.ShouldContain("tool runner");
    }

    [Fact]
    public async Task Take_over_an_abandoned_call_only_when_running_it_twice_does_no_harm()
    {
        await InsertAbandonedAsync("broken", "call-7");
        await InsertAbandonedAsync("book_ride", "call-8");

        (await RunAsync("broken", """{"bike": "Tide"}""", "call-7")).Status.ShouldBe(ToolStatus.Failed);
        var booking = await RunAsync("book_ride", """{"bike": "Tide"}""", "call-8");

        _broken.Runs.ShouldBe(1);
        booking.Status.ShouldBe(ToolStatus.Unfinished);
        booking.ErrorMessage.ShouldContain("A person must check");
        _booking.Runs.ShouldBe(0);
    }

    [Fact]
    public async Task Find_a_tool_by_the_name_it_has_for_the_tenant_in_other_systems()
    {
        var prefix = ToolRegistry.Prefix(new TenantId(_tenant.Created.TenantId));
        var others = ToolRegistry.Prefix(TenantId.New());

        (await RunAsync($"{prefix}book_ride", """{"bike": "Tide"}""", "call-9")).Success.ShouldBeTrue();
        (await RunAsync($"{others}book_ride", """{"bike": "Tide"}""", "call-10")).Status.ShouldBe(ToolStatus.Unknown);
        (await RunAsync("no_such_tool", "{}", "call-11")).Status.ShouldBe(ToolStatus.Unknown);
    }

    [Fact]
    public async Task Refuse_a_tool_that_is_switched_off()
    {
        var outcome = await RunAsync("book_ride", """{"bike": "Tide"}""", "call-12", tools: ["search_knowledge"]);

        outcome.Status.ShouldBe(ToolStatus.Unknown);
        _booking.Runs.ShouldBe(0);
    }

    [Fact]
    public async Task List_refused_calls_and_replace_a_refusal_when_the_same_call_runs_later()
    {
        var context = await ContextAsync("call-15") with { Mode = ToolCallMode.Unconfirmed };
        var arguments = JsonDocument.Parse("""{"bike": "Tide"}""").RootElement;
        await _node.Service<ToolRunner>().RunAsync(context, "book_ride", arguments, CancellationToken.None);
        await RunAsync("no_such\0_tool", "[]", "call-16");
        await RunAsync("book_ride", "\"{\\\"bike\\\": 5}\"", "call-17");
        var refused = await CallsAsync();

        (await RunAsync("book_ride", """{"bike": "Tide"}""", "call-15")).Success.ShouldBeTrue();
        (await RunAsync("book_ride", """{"bike": "Tide"}""", "call-15")).Success.ShouldBeTrue();

        refused.Select(call => (call.CallId, call.Name, call.Outcome)).ShouldBe(
        [
            ("call-17", "book_ride", ToolCallOutcome.Refused),
            ("call-16", "no_such_tool", ToolCallOutcome.Refused),
            ("call-15", "book_ride", ToolCallOutcome.Refused),
        ]);
        refused[0].Arguments.GetProperty("bike").GetInt32().ShouldBe(5);
        refused[2].Result!.Value.GetProperty("error").GetString()!.ShouldContain("not possible in this way");
        (await CallsAsync()).Select(call => call.Outcome)
            .ShouldBe([ToolCallOutcome.Refused, ToolCallOutcome.Refused, ToolCallOutcome.Done]);
        _booking.Runs.ShouldBe(1);
    }

    [Theory]
    [InlineData("\"ok \u00FF\u00FF\"")]
    [InlineData("{\"bike\": [[\"a\\u0000b\", \"\u00FF\"], {\"text\": \"\u00FF\"}]}")]
    [InlineData("\"{\\\"bike\\\": \\\"\\\\ud800\\\"}\"")]
    [InlineData("{\"bike\": 1e400000}")]
    public async Task List_refused_calls_whose_arguments_are_no_valid_text(string latin1)
    {
        var arguments = JsonDocument.Parse(Encoding.Latin1.GetBytes(latin1)).RootElement;

        var context = await ContextAsync("call-18");
        var result = await _node.Service<ToolRunner>().RunAsync(context, "book_ride", arguments, CancellationToken.None);

        result.Status.ShouldBe(ToolStatus.BadArguments);
        (await CallsAsync()).ShouldHaveSingleItem().Outcome.ShouldBe(ToolCallOutcome.Refused);
    }

    [Fact]
    public async Task Append_a_tools_events_to_the_log_once()
    {
        var visitor = await _tenant.VisitAsync();
        await _tenant.ImportAsync(new { id = "charging", title = "Charging", text = "The fast charger fills the battery in two hours." });
        var context = await ContextAsync("call-13") with { Conversation = new ConversationId(visitor.Session.ConversationId) };
        var arguments = JsonDocument.Parse("""{"query": "How long does the fast charger take?"}""").RootElement;

        for (var i = 0; i < 2; i++)
            (await _node.Service<ToolRunner>().RunAsync(context, "search_knowledge", arguments, CancellationToken.None))
                .Success.ShouldBeTrue();

        var shown = (await visitor.EventsAsync()).ShouldHaveSingleItem().ShouldBeOfType<KnowledgeShown>();
        shown.ClientId.ShouldBe("tool:call-13");
        shown.Citations[0].Title.ShouldBe("Charging");
    }

    [Fact]
    public void Refuse_to_start_with_an_invalid_tool()
    {
        Refusal(new TestTool("NotAName", false, null!)).ShouldContain("not a name");
        Refusal(_booking, TestTool.Booking()).ShouldContain("two tools");
        Refusal(new TestTool("a", false, null!) { Parameter = Tool.Parameter("bike", new { }) }).ShouldContain("bike needs a type");

        static string Refusal(params TestTool[] tools) =>
            Should.Throw<InvalidOperationException>(() => new ToolRegistry(tools.Select(tool => tool.ToPlugin()))).Message;
    }

    private async Task<ToolResult> RunAsync(string tool, string arguments, string callId, TestTenant? tenant = null, string[]? tools = null)
    {
        var context = await ContextAsync(callId, tenant, tools);
        return await _node.Service<ToolRunner>().RunAsync(context, tool, JsonDocument.Parse(arguments).RootElement, CancellationToken.None);
    }

    private async Task<IReadOnlyList<ToolCallRecord>> CallsAsync() =>
        (await _node.Service<ToolCallAudit>().ListAsync(
            new TenantId(_tenant.Created.TenantId), conversation: null, after: null, limit: 10, CancellationToken.None)).Items;

    private async Task<ToolContext> ContextAsync(string callId, TestTenant? tenant = null, string[]? tools = null)
    {
        var created = (tenant ?? _tenant).Created;
        return new ToolContext
        {
            Tenant = (await _node.Service<IMultiTenantStore>().GetByIdentifierAsync(
                TenantStore.IdPrefix + created.TenantId,
                CancellationToken.None))!,
            Settings = new TenantSettings { Tools = tools ?? ["search_knowledge", "book_ride", "broken", "slow"] },
            CallId = callId,
        };
    }

    private async Task InsertAbandonedAsync(string tool, string callId)
    {
        await using var insert = api.Database.OwnerSource.CreateCommand(
            """
            insert into tool_calls (tenant_id, call_id, name, arguments, state, taken_at)
            values ($1, $2, $3, '{"bike": "Tide"}', 'running', now() - interval '61 seconds')
            """);
        foreach (var value in new object[] { _tenant.Created.TenantId, callId, tool }) insert.Parameters.Add(new() { Value = value });
        await insert.ExecuteNonQueryAsync();
    }

    /// <summary>Every timer fires immediately.</summary>
    private sealed class FastClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : dueTime, period);
    }
}
