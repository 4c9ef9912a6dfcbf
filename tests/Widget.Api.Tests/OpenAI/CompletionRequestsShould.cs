using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Widget.Api.Tests.OpenAI;

public sealed class CompletionRequestsShould(ApiFixture api)
{
    [Theory]
    [InlineData("""{"model": "widget"}""", "messages")]
    [InlineData("""{"model": "widget", "messages": []}""", "messages")]
    [InlineData("""{"model": "widget", "messages": "hi"}""", "messages")]
    [InlineData("""{"model": 5, "messages": [{"role": "user", "content": "hi"}]}""", "model")]
    [InlineData("""{"messages": [{"role": "user", "content": "hi"}]}""", "model")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user"}]}""", "messages[0].content")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": 5}]}""", "messages[0].content")]
    [InlineData(
        """{"model": "widget", "messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}""",
        "messages[0].content[0].type")]
    [InlineData(
        """{"model": "widget", "messages": [{"role": "tool", "tool_call_id": "x", "content": "hi"}]}""",
        "messages[0].tool_call_id")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "n": 2}""", "n")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "stream": "yes"}""", "stream")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "temperature": 3}""", "temperature")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 1.5}""", "max_tokens")]
    [InlineData(
        """{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "stream_options": {"include_usage": true}}""",
        "stream_options")]
    [InlineData(
        """{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "tools": [{"type": "function"}]}""",
        "tools[0].function")]
    [InlineData(
        """
        {"model": "widget", "messages": [{"role": "user", "content": "hi"}],
         "tools": [{"type": "function", "function": {"name": "a b"}}]}
        """,
        "tools[0].function.name")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "tool_choice": "required"}""", "tool_choice")]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "\ud800"}]}""", null)]
    [InlineData("""{"model": "widget", "messages": [{"role": "user", "content": "hi"}], "stop": ["a", "b", "c", "d", "e"]}""", "stop")]
    [InlineData("""[]""", null)]
    [InlineData("""{"model": """, null)]
    public async Task Say_which_field_is_wrong(string body, string? field)
    {
        var tenant = await TestTenant.CreateAsync(api);
        var response = await tenant.Developer.PostAsync("/v1/chat/completions", new StringContent(body, Encoding.UTF8, "application/json"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error");
        error.GetProperty("type").GetString().ShouldBe("invalid_request_error");
        error.GetProperty("param").GetString().ShouldBe(field);
        error.GetProperty("message").GetString()!.ShouldEndWith(".");
    }
}
