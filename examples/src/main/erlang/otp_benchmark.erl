%% The measurements of OtpBenchmark, made with Erlang/OTP's own supervisor. Prints a line "name value" for each.
-module(otp_benchmark).
-export([main/1, init/1, start_worker/0, worker/1, start_crasher/2, crasher/3]).

main([Children, Rounds, Cycles, Sustained, Group]) ->
    logger:set_primary_config(level, none),
    process_flag(trap_exit, true),
    [start_stop(num(Children)) || _ <- lists:seq(1, num(Rounds))],
    [restarts(num(Cycles), 1000) || _ <- lists:seq(1, num(Rounds))],
    sustained(num(Sustained)),
    [one_for_all(num(Group)) || _ <- lists:seq(1, num(Rounds))],
    halt(0).

num(Text) -> list_to_integer(Text).

say(Name, Value) -> io:format("~s ~p~n", [Name, Value]).

init({Flags, Specs}) -> {ok, {Flags, Specs}}.

start_worker() -> proc_lib:start_link(?MODULE, worker, [self()]).

worker(Parent) ->
    proc_lib:init_ack(Parent, {ok, self()}),
    receive crash -> exit(boom) end.

%% Crashes as soon as it has started, until it has done so often enough; then it tells and waits.
start_crasher(Left, Owner) -> proc_lib:start_link(?MODULE, crasher, [self(), Left, Owner]).

crasher(Parent, Left, Owner) ->
    proc_lib:init_ack(Parent, {ok, self()}),
    case counters:get(Left, 1) of
        0 -> Owner ! done, receive never -> ok end;
        _ -> counters:sub(Left, 1, 1), exit(boom)
    end.

spec(Id) -> #{id => Id, start => {?MODULE, start_worker, []}}.

start(Flags, Number) ->
    {ok, Sup} = supervisor:start_link(?MODULE, {Flags, [spec(I) || I <- lists:seq(1, Number)]}),
    Sup.

stop(Sup) ->
    Ref = monitor(process, Sup),
    exit(Sup, shutdown),
    receive {'DOWN', Ref, process, Sup, _} -> ok end.

start_stop(Number) ->
    erlang:garbage_collect(),
    Before = erlang:memory(total),
    T0 = erlang:monotonic_time(microsecond),
    Sup = start(#{}, Number),
    T1 = erlang:monotonic_time(microsecond),
    Memory = erlang:memory(total) - Before,
    T2 = erlang:monotonic_time(microsecond),
    stop(Sup),
    T3 = erlang:monotonic_time(microsecond),
    say("start", (T1 - T0) / 1000),
    say("stop", (T3 - T2) / 1000),
    say("memory", Memory / Number).

rate(Number, Micros) -> Number * 1000000 / Micros.

crashes(Sup, Left, Number) ->
    counters:put(Left, 1, Number),
    T0 = erlang:monotonic_time(microsecond),
    {ok, _} = supervisor:restart_child(Sup, crasher),
    receive done -> ok end,
    T1 = erlang:monotonic_time(microsecond),
    ok = supervisor:terminate_child(Sup, crasher),
    T1 - T0.

with_crasher(Fun) ->
    Left = counters:new(1, []),
    Sup = start(#{intensity => 1000000, period => 3600}, 0),
    {ok, _} = supervisor:start_child(Sup, #{id => crasher, start => {?MODULE, start_crasher, [Left, self()]}}),
    receive done -> ok end,
    ok = supervisor:terminate_child(Sup, crasher),
    Result = Fun(Sup, Left),
    stop(Sup),
    Result.

%% In short supervisors, so that the history of restarts stays short.
restarts(Cycles, Each) ->
    Times = [with_crasher(fun(Sup, Left) -> crashes(Sup, Left, Each) end) || _ <- lists:seq(1, Cycles div Each)],
    say("restarts", rate(Cycles div Each * Each, lists:sum(Times))).

%% All in one window.
sustained(Number) ->
    Tenth = Number div 10,
    Times = with_crasher(fun(Sup, Left) -> [crashes(Sup, Left, Tenth) || _ <- lists:seq(1, 10)] end),
    say("sustained", rate(Tenth * 10, lists:sum(Times))),
    say("sustained_first", rate(Tenth, hd(Times))),
    say("sustained_last", rate(Tenth, lists:last(Times))).

one_for_all(Number) ->
    Sup = start(#{strategy => one_for_all, intensity => 1000000, period => 3600}, Number),
    [{_, Last, _, _} | _] = supervisor:which_children(Sup),
    T0 = erlang:monotonic_time(microsecond),
    Last ! crash,
    wait_new(Sup, Last),
    T1 = erlang:monotonic_time(microsecond),
    stop(Sup),
    say("one_for_all", (T1 - T0) / 1000).

wait_new(Sup, Old) ->
    case supervisor:which_children(Sup) of
        [{_, Pid, _, _} | _] when is_pid(Pid), Pid =/= Old -> ok;
        _ -> wait_new(Sup, Old)
    end.
