using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Widget.Api.Answers;
using Widget.Testing;

namespace Widget.Api.Tests.OpenAI;

/// <summary>The chat client with servers that differ from OpenAI's own.</summary>
public sealed class OpenAIModelShould : IAsyncLifetime
{
    private readonly List<string> _requests = [];
    private Func<HttpContext, string> _respond = _ => "";
    private WebApplication _server = null!;
    private IChatClient _model = null!;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _server.Urls.Add("http://127.0.0.1:0");
        _server.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            _requests.Add(await reader.ReadToEndAsync());
            http.Response.ContentType = "text/event-stream";
            await http.Response.WriteAsync(_respond(http));
        });
        await _server.StartAsync();
        _model = OpenAIModel.Create(
            new ChatModelOptions { Endpoint = new Uri(_server.Urls.Single()), Model = "model" },
            TestOutbound.Client);
    }

    public async ValueTask DisposeAsync()
    {
        _model.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Pass_on_a_function_call_that_has_no_id_and_malformed_arguments()
    {
        _respond = _ =>
            Chunk("""{"tool_calls":[{"index":0,"type":"function","function":{"name":"find","arguments":"{\"a\": "}}]}""")
            + Chunk("""{"tool_calls":[{"index":0,"function":{"arguments":"oops"}}]}""")
            + Chunk("{}", finish: "\"tool_calls\"")
            + "data: [DONE]\n\n";

        var response = await _model.GetResponseAsync("Find it.", cancellationToken: TestContext.Current.CancellationToken);

        response.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        var call = response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>().ShouldHaveSingleItem();
        call.CallId.ShouldBe("");
        call.Name.ShouldBe("find");
        call.RawRepresentation.ShouldBe("{\"a\": oops");
    }

    [Fact]
    public async Task Send_schemas_and_arguments_as_they_are_written()
    {
        _respond = _ => Chunk("""{"content":"Yes"}""", finish: "\"stop\"") + "data: [DONE]\n\n";
        const string Schema = """{"type":"object","properties":{"x":{"$ref":"#/$defs/x"}},"$defs":{"x":{"type":"string"}}}""";
        var tool = AIFunctionFactory.CreateDeclaration("find", "Finds.", System.Text.Json.JsonDocument.Parse(Schema).RootElement, null);
        var call = new FunctionCallContent("call_1", "find") { RawRepresentation = "{oops" };
        ChatMessage[] messages =
        [
            new(ChatRole.User, "Find it."),
            new(ChatRole.Assistant, [call]),
            new(ChatRole.Tool, [new FunctionResultContent("call_1", "nothing")]),
        ];

        var options = new ChatOptions { Tools = [tool] };
        (await _model.GetResponseAsync(messages, options, TestContext.Current.CancellationToken)).Text.ShouldBe("Yes");

        var request = _requests.ShouldHaveSingleItem();
        request.ShouldContain(Schema);
        request.ShouldContain("\"arguments\":\"{oops\"");
    }

    [Fact]
    public async Task Ask_without_the_field_that_a_server_rejects()
    {
        _respond = http =>
        {
            if (!_requests[^1].Contains("stream_options", StringComparison.Ordinal))
                return Chunk("""{"content":"Yes"}""", finish: "\"stop\"") + "data: [DONE]\n\n";
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return """{"error": {"message": "Unrecognized field stream_options"}}""";
        };

        for (var i = 0; i < 2; i++)
            (await _model.GetResponseAsync("Really?", cancellationToken: TestContext.Current.CancellationToken)).Text.ShouldBe("Yes");

        _requests.Count.ShouldBe(3);
    }

    private static string Chunk(string delta, string finish = "null") =>
        """data: {"id":"1","object":"chat.completion.chunk","created":1,"model":"model","choices":["""
        + $$"""{"index":0,"delta":{{delta}},"finish_reason":{{finish}}}]}"""
        + "\n\n";
}
