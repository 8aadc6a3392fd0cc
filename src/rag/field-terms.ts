/**
 * What people of this field call the same thing in Korean and in English. A question in one language also looks for the
 * other's words, so that it finds pages that exist in the other language only. Each idea: Korean = English.
 */
const LINES = `
재시도, 다시 시도, 다시 돌리, 다시 실행, 재실행 = retry, rerun, retrying | 재시작, 다시 시작 = restart
백오프, 재시도 간격 = backoff | 실패 = failure, fail | 성공 = success, succeed | 오류, 에러 = error
학습, 훈련, 트레이닝 = training, train | 사전학습 = pretraining | 미세조정, 파인튜닝 = fine-tuning, finetune, sft
강화학습 = rlhf, reinforcement learning | 전처리 = preprocess, preprocessing | 평가 = evaluate, evaluation
추론 = inference | 학습률, 러닝레이트 = learning rate | 배치 = batch | 에폭 = epoch | 데이터셋, 데이터 세트 = dataset
가중치 = weight | 체크포인트 = checkpoint | 모델 = model | 실행, 돌리 = run, execute | 시작 = start
생성, 만들 = create | 삭제, 지우, 제거 = delete, remove | 수정, 변경, 바꾸 = update, change, edit, modify
조회, 목록 = list, get | 설치 = install, installation
설정, 구성, 세팅 = configure, configuration, config, setting, setup | 환경 = environment
환경변수, 환경 변수 = environment variable | 옵션, 선택지 = option | 기본값, 디폴트 = default | 예제, 예시 = example
중지, 중단, 정지 = stop, terminate | 일시정지, 일시 중지, 멈추 = suspend, pause | 재개 = resume
종료, 끝나 = terminate, finish, exit, end | 취소 = cancel | 승인 = approve, approval | 거절, 거부 = reject, deny
요청 = request | 대기, 기다리 = wait, pending | 대기열, 큐 = queue | 우선순위, 우선 순위 = priority
선점 = preemption, preempt | 스케줄, 스케줄링, 스케줄러 = schedule, scheduling, scheduler
예약 = schedule, reserve | 크론, 정기, 주기 = cron, cronworkflow | 시간대, 타임존 = timezone
시간제한, 시간 제한, 타임아웃, 제한시간, 제한 시간 = timeout, deadline | 병렬 = parallel, parallelism
동시, 동시성 = concurrent, concurrency, parallelism | 동기화 = synchronization, sync | 뮤텍스 = mutex
세마포어 = semaphore | 잠금, 락 = lock | 반복, 루프 = loop, iteration
조건, 조건부, 조건문 = condition, conditional, when | 재귀 = recursion | 단계, 스텝 = step, stage | 순서 = order
의존, 의존성 = dependency, depend | 파이프라인 = pipeline | 워크플로, 워크플로우 = workflow | 템플릿, 견본 = template
변수 = variable | 파라미터, 매개변수, 인자 = parameter, argument | 입력 = input | 출력, 결과 = output, result
산출물, 아티팩트 = artifact | 저장소, 리포지토리, 레포 = repository | 저장, 보관 = store, save, archive | 아카이브 = archive
캐시, 캐싱 = cache, caching | 메모이제이션 = memoization | 메모리 = memory | 디스크 = disk | 볼륨 = volume
스토리지 = storage | 퍼시스턴트 볼륨 = persistent volume | 클레임 = claim | 용량, 크기, 사이즈 = size, capacity
사용량 = usage | 비용 = cost | 절감, 최적화 = optimization, reduce | 성능 = performance
확장, 스케일 = scale, scaling | 오토스케일, 오토스케일링, 자동 확장 = autoscale, autoscaling
대규모 = massive scale, large | 가용성 = availability | 고가용성 = high availability
복제, 레플리카 = replica, replication | 업그레이드 = upgrade | 마이그레이션, 이전 = migration | 버전 = version
릴리스 = release | 지원 중단, 사용 중단, 폐기 = deprecation, deprecated | 클러스터 = cluster | 노드 = node
파드, 팟 = pod | 컨테이너 = container | 초기화 컨테이너, 이닛 컨테이너 = init container | 사이드카 = sidecar | 데몬 = daemon
데몬셋 = daemonset | 디플로이먼트 = deployment | 레플리카셋 = replicaset | 스테이트풀셋 = statefulset
잡, 작업 = job, task | 태스크 = task | 서비스 = service | 서비스 어카운트, 서비스어카운트, 서비스 계정 = service account
인그레스 = ingress | 네트워크 = network | 네트워크 정책 = network policy | 네임스페이스 = namespace | 컨피그맵 = configmap
시크릿, 비밀값, 비밀 = secret | 레이블, 라벨 = label | 어노테이션 = annotation | 셀렉터 = selector | 어피니티 = affinity
테인트 = taint | 톨러레이션 = toleration | 리소스, 자원 = resource | 쿼터, 할당량, 한도 = quota, limit
제한 = limit, restrict | 할당 = allocate, allocation | 커스텀 리소스 = custom resource, crd | 오퍼레이터 = operator
컨트롤러 = controller | 컨트롤 플레인 = control plane | 플러그인 = plugin | 익스큐터, 실행기 = executor | 에이전트 = agent
훅, 후크 = hook | 라이프사이클, 생명주기 = lifecycle | 이벤트 = event | 웹훅, 웹후크 = webhook | 알림 = notification, alert
경보 = alert | 로그 = log | 로깅 = logging | 메트릭, 지표 = metric | 텔레메트리 = telemetry
모니터링 = monitoring, monitor | 추적, 트레이싱 = tracing, trace | 디버그, 디버깅 = debug, debugging
대시보드 = dashboard | 진행률, 진행 상황, 진행도 = progress | 상태 = status, state | 확인, 점검 = check, verify
프로브 = probe | 헬스체크 = health check | 인증 = authentication, authenticate | 인증서 = certificate
인가, 권한 = authorization, permission, rbac | 역할, 롤 = role | 바인딩 = binding | 싱글 사인온, 통합 로그인 = sso
로그인 = login | 사용자, 유저 = user | 계정 = account | 토큰 = token | 액세스 토큰, 접근 토큰 = access token
비밀번호, 암호 = password | 암호화 = encryption, tls | 보안 = security | 보안 컨텍스트 = security context
정책 = policy | 접근, 액세스, 접속 = access, connect | 주소 = address, url | 포트 = port | 프록시 = proxy
서버 = server | 클라이언트 = client | 라이브러리 = library | 이미지 = image | 레지스트리 = registry | 빌드 = build
배포 = deploy, deployment | 롤아웃 = rollout | 롤백 = rollback | 서빙 = serving | 엔드포인트 = endpoint
노트북 = notebook | 주피터 = jupyter | 쿠버네티스, 쿠베 = kubernetes | 아르고 = argo | 쿠브플로우 = kubeflow
도커 = docker | 깃 = git | 헬름 = helm | 레디스 = redis | 프로메테우스 = prometheus | 그라파나 = grafana | 슬랙 = slack
데이터베이스, 디비 = database | 쿼리 = query | 백업 = backup | 복구, 복원 = restore, recover, recovery
명령, 명령어, 커맨드 = command | 스크립트 = script | 파일 = file | 폴더, 디렉터리 = folder, directory
문서 = documentation, document | 제목 = title | 설명 = description | 이름 = name | 아키텍처, 구조 = architecture
개념 = concept | 튜토리얼 = tutorial | 빠른 시작 = quick start | 로컬 = local, locally | 윈도우, 윈도 = windows
맥 = mac | 리눅스 = linux | 개발 = development, develop | 기여, 컨트리뷰션 = contributing, contribute
풀 리퀘스트 = pull request | 테스트 = test | 시각화 = visualization, visualize | 화면 = ui | 버튼, 단추 = button
타임스탬프 = timestamp | 시간 = time, duration | 가비지 컬렉션, 가비지 = garbage collection, gc
자동 = automatic, auto | 수동 = manual | 연결 = connect, connection | 전달, 넘기 = pass | 공유 = share
비동기 = asynchronous, async | 표현식 = expression | 필드 = field | 객체, 오브젝트 = object | 서브리소스 = subresource
분산 = distributed | 가상 = virtual | 머신, 기계 = machine | 머신러닝, 기계학습 = machine learning | 드레인, 비우 = drain
코든 = cordon | 축출 = eviction, evict | 장애 = failure, outage
문제 해결, 트러블슈팅 = troubleshooting, troubleshoot | 그룹 = group | 팀 = team | 제출 = submit
깃허브 = github | 깃랩 = gitlab | 젠킨스 = jenkins | 파이썬 = python | 자바 = java | 카프카 = kafka | 스파크 = spark
카산드라 = cassandra | 주키퍼 = zookeeper | 트리거 = trigger | 사례, 활용 = use case | 워커 = worker | 버킷 = bucket
하이퍼파라미터 = hyperparameter | 로드밸런서, 로드 밸런서 = load balancer | 외부 = external | 내부 = internal
시스템콜, 시스템 콜 = syscall | 병합, 합치 = merge | 패치 = patch | 전략, 전략적 = strategy, strategic
교체, 순환 = rotate, rotation, replace | 갱신 = renew, renewal | 만료 = expire, expiration
주입 = inject, injection | 재사용 = reuse | 항목 = item | 이전 = previous | 다음 = next
표시, 보여 = display, show | 마운트 = mount | 호출 = call | 보내, 전송 = send | 그래프 = graph | 수집 = collect
검색 = search | 압축 = compress, compression | 업로드, 올리 = upload | 다운로드, 내려받 = download | 경로 = path
스냅샷 = snapshot | 유지 = preserve, keep, retain | 늘리, 증가 = increase | 줄이, 감소 = reduce, decrease
활성화 = enable | 비활성화 = disable | 옮기 = move, migrate | 복사 = copy | 연동 = integrate, integration
붙이 = attach | 나누 = split | 느리, 느려 = slow | 가져오 = import | 내보내 = export
검증 = validate, validation, verify | 유효 = valid | 필수 = required | 템플레이트 = template | 소유자 = owner
멀티노드, 멀티 노드 = multi-node | 점수 = score | 손실, 로스 = loss
루트 = root, non-root | 애그리게이션, 집계 = aggregation, aggregate | 레이어, 계층 = layer | 스팟 = spot
이스티오 = istio | 서비스 메시 = service mesh | 리더 선출 = leader election | 자체 서명 = self-signed | 프로파일, 프로필 = profile
분산 학습 = distributed training | 분산 처리 = distributed processing | 데이터 병렬 = data parallel | 텐서 병렬 = tensor parallel
양자화 = quantization, quantize | 토크나이저 = tokenizer | 임베딩 = embedding | 프롬프트 = prompt | 파운데이션 모델 = foundation model
언어 모델 = language model, llm | 정확도 = accuracy | 정밀도 = precision | 재현율 = recall | 과적합 = overfitting
조기 종료 = early stopping | 옵티마이저 = optimizer | 기울기, 그래디언트 = gradient | 누적 = accumulation, accumulate
활성화 함수 = activation function | 드롭아웃 = dropout | 어텐션 = attention | 검증 세트 = validation set | 벤치마크 = benchmark
처리량 = throughput | 지연, 지연 시간 = latency, delay | 대역폭 = bandwidth | 부하 = load | 병목 = bottleneck
가속기 = accelerator | 그래픽 카드, 지피유 = gpu | 드라이버 = driver | 커널 = kernel | 펌웨어 = firmware
토폴로지 = topology | 가용 영역, 가용영역 = availability zone, zone | 리전 = region | 온프레미스 = on-premises
방화벽 = firewall | 게이트웨이 = gateway | 라우팅, 라우터 = routing, route, router | 호스트 이름, 호스트네임 = hostname | 도메인 = domain
서브넷 = subnet | 로드밸런싱, 부하 분산 = load balancing | 포트포워딩, 포트 포워딩 = port forwarding, port-forward | 터널 = tunnel
원격 = remote | 익명 = anonymous | 감사 = audit | 자격 증명, 자격증명 = credential | 공개 키, 공개키 = public key | 개인 키, 개인키 = private key
서명 = sign, signature, signing | 서명 요청 = signing request, csr | 인증 기관, 인증기관 = certificate authority, ca | 키 = key
최소 권한 = least privilege | 특권 = privileged, privilege | 샌드박스 = sandbox | 격리 = isolation, isolate | 취약점 = vulnerability
어드미션 = admission | 어드미션 컨트롤러 = admission controller | 스키마 = schema | 매니페스트 = manifest | 선언형, 선언적 = declarative
명령형 = imperative | 커스터마이즈, 사용자 정의 = customize, custom | 리비전 = revision | 롤링 업데이트 = rolling update
무중단 = zero downtime | 카나리 = canary | 블루그린 = blue-green | 준비성 프로브 = readiness probe | 활성 프로브 = liveness probe
스토리지클래스, 스토리지 클래스 = storageclass, storage class | 프로비저닝, 프로비저너 = provisioning, provisioner | 동적 = dynamic | 정적 = static
헤드리스 = headless | 엔드포인트슬라이스 = endpointslice | 서비스 디스커버리 = service discovery | 듀얼 스택, 이중 스택 = dual-stack
런타임 = runtime | 컨테이너 런타임 = container runtime | 시드 = seed | 부트스트랩 = bootstrap | 초기화 = initialize, init
스왑 = swap | 힙 = heap | 메모리 부족 = out of memory, oom | 스레드 = thread | 프로세스 = process | 소켓 = socket
노드 셀렉터 = node selector | 안티 어피니티 = anti-affinity | 갱 스케줄링 = gang scheduling | 공정 공유 = fair sharing
점진적 = incremental, gradual | 우아한 종료, 정상 종료 = graceful termination, graceful shutdown | 타임라인 = timeline
종료 핸들러 = exit handler | 진입점 = entrypoint | 중간 = intermediate | 사람 = human, user | 병합 패치 = merge patch
전역 = global | 범위 = scope, range | 접두사 = prefix | 필터 = filter | 정규식, 정규 표현식 = regex, regular expression
정렬 = sort | 매핑 = mapping | 직렬화 = serialization | 인코딩 = encoding | 하위 호환 = backward compatibility | 호환 = compatible, compatibility
컴포넌트, 구성 요소 = component | 모듈 = module | 패키지 = package | 확장 기능 = extension | 애드온 = addon
브랜치 = branch | 커밋 = commit | 저장소 키 = repository key | 지속적 통합 = continuous integration, ci | 기능 게이트 = feature gate
보존, 보존 기간 = retention | 정리 = cleanup, clean | 만들기 = creating | 검사 = inspect, check | 요약 = summary
`;

export interface FieldTerm {
  korean: readonly string[];
  english: readonly string[];
}

export const FIELD_TERMS: readonly FieldTerm[] = LINES.trim()
  .split(/ \| |\n/)
  .map((line) => {
    const [korean = "", english = ""] = line.split(" = ");
    return { korean: korean.split(", "), english: english.split(", ") };
  });
