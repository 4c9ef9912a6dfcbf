using System.Text.Json;
using Widget.Api.Tenancy;
using Widget.Api.Tenancy.MultiTenancy;
using Widget.Api.Tools;
using Widget.Contracts;

namespace Widget.Api.Tests.Telemetry;

[Collection(typeof(Alone))]
public sealed class ToolTracesShould(ApiFixture api)
{
    [Fact]
    public async Task Contain_a_tool_call_and_its_search_without_arguments()
    {
        var kept = new KeptSpans();
        await using var node = await ApiNode.StartAsync(
            api.Database,
            settings: ["--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9"],
            services: KeptSpans.Of(kept));
        var tenant = await TestTenant.WithKnowledgeAsync(api, node);
        var call = $"call-{Guid.NewGuid():N}";
        var context = new ToolContext
        {
            Tenant = (await node.Service<IMultiTenantStore>().GetByIdentifierAsync(
                TenantStore.IdPrefix + tenant.Created.TenantId,
                CancellationToken.None))!,
            Settings = new TenantSettings { Tools = ["search_knowledge"] },
            CallId = call,
        };

        await node.Service<ToolRunner>().RunAsync(
            context,
            "search_knowledge",
            JsonSerializer.SerializeToElement(new { query = "SECRET charging" }),
            CancellationToken.None);

        var trace = await kept.TraceAsync(span => (string?)span.GetTagItem("gen_ai.tool.call.id") == call, "execute_tool search_knowledge");
        var tool = trace.Span("execute_tool search_knowledge");
        tool.GetTagItem("gen_ai.operation.name").ShouldBe("execute_tool");
        tool.GetTagItem("widget.outcome").ShouldBe("done");
        trace.PathFrom(trace.Span("search own")).ShouldContain("execute_tool search_knowledge");
        trace.Select(span => span.Text()).ShouldNotContain(text => text.Contains("SECRET", StringComparison.Ordinal));
    }
}
